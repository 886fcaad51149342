// .NET assemblies by name, in lower case, with the public key token of each.
{
  // exchange holds those the SharedWebConfig.config files of Exchange name, and those only its web.config files do.
  exchange(list):: { [std.asciiLower(name)]: list[name] for name in std.objectFields(list) } + {
    [name]: '31bf3856ad364e35'
    for name in [
      'microsoft.exchange.data.common',
      'microsoft.exchange.sharedcache.variantconfiguration',
      'mservclient',
      'softwareloadbalancer3',
    ]
  },

  // framework_tokens are the keys the .NET Framework's own assemblies are signed with.
  framework_tokens: {
    b03f5f7f11d50a3a: true,
    b77a5c561934e089: true,
    '31bf3856ad364e35': true,
  },
}
