// Exchange builds by number.
{
  // labels names every build of a list of cumulative updates and their security and hotfix updates:
  // { '15.2.1118.7': { product: '2019', label: 'Exchange Server 2019 CU12' } }.
  labels(list):: {
    [entry.build]: { product: entry.product, label: entry.label }
    for product in ['2013', '2016', '2019', 'SE']
    for cu in std.objectFields(list[product])
    for entry in
      [{ product: product, build: list[product][cu].build, label: 'Exchange Server %s %s' % [product, cu] }] +
      [
        {
          product: product,
          build: list[product][cu].updates[update],
          label: 'Exchange Server %s %s %s' % [product, cu, update],
        }
        for update in std.objectFields(list[product][cu].updates)
        if list[product][cu].updates[update] != list[product][cu].build
      ]
  },

  // newest names, by product, the newest build of the list: { SE: { build: '15.2.2562.37', label: '...' } }.
  newest(list):: {
    local named = $.labels(list),
    local number(build) = std.foldl(function(sum, part) sum * 10000 + std.parseInt(part), std.split(build, '.'), 0),
    [product]: {
      local all = std.sort([build for build in std.objectFields(named) if named[build].product == product], number),
      build: all[std.length(all) - 1],
      label: named[self.build].label,
    }
    for product in ['2013', '2016', '2019', 'SE']
  },
}
