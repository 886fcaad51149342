// What came with which update: overlays over the measured tables. A feature is there from the build named for a
// product on; a product that is not named never has it. apps are the applications it brings, by "kind|path".
{
  // since gives, by name, the overlays of a list of builds.
  since(list):: {
    local cu(product, name) = list[product][name].build,

    // REST: the applications /API and their pools.
    rest: {
      since: { '2016': cu('2016', 'CU3'), '2019': '15.2.221.12', SE: cu('SE', 'RTM') },
      apps: ['front_end|/api', 'back_end|/api'],
    },
    // Requests are given to the anti-malware scan interface: HttpRequestFilteringModule.
    request_filtering: {
      since: { '2016': cu('2016', 'CU21'), '2019': cu('2019', 'CU10'), SE: cu('SE', 'RTM') },
      apps: [],
    },
    // The emergency mitigation service and the URL Rewrite module it needs.
    emergency_mitigation: {
      since: { '2016': cu('2016', 'CU22'), '2019': cu('2019', 'CU11'), SE: cu('SE', 'RTM') },
      apps: [],
    },
    // Setup turns Extended Protection on.
    extended_protection: {
      since: { '2019': cu('2019', 'CU14'), SE: cu('SE', 'RTM') },
      apps: [],
    },
    // Left out of 2016 and later.
    reporting_web_service: {
      since: { '2013': '15.0.516.32' },
      apps: ['front_end|/ecp/reportingwebservice', 'back_end|/ecp/reportingwebservice'],
    },
    // Left out of 2019 and later.
    unified_messaging: {
      since: { '2013': '15.0.516.32', '2016': '15.1.225.42' },
      apps: [],
    },
  },
}
