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
}
