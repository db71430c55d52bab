/// Which regions lie in one geography: a backup of a key does not leave its own.
///
/// Source: the services' list of regions, `metadata.geography`.
enum Geography {
  private static let regions: [String: [String]] = [
    "Africa": ["southafricanorth", "southafricawest"],
    "Asia Pacific": ["eastasia", "southeastasia"],
    "Australia": ["australiacentral", "australiacentral2", "australiaeast", "australiasoutheast"],
    "Austria": ["austriaeast"],
    "Belgium": ["belgiumcentral"],
    "Brazil": ["brazilsouth", "brazilsoutheast"],
    "Canada": ["canadacentral", "canadaeast"],
    "Chile": ["chilecentral"],
    "Denmark": ["denmarkeast"],
    "Europe": ["northeurope", "westeurope"],
    "France": ["francecentral", "francesouth"],
    "Germany": ["germanynorth", "germanywestcentral"],
    "India": ["centralindia", "jioindiacentral", "jioindiawest", "southindia", "westindia"],
    "Indonesia": ["indonesiacentral"],
    "Israel": ["israelcentral", "israelnorthwest"],
    "Italy": ["italynorth"],
    "Japan": ["japaneast", "japanwest"],
    "Korea": ["koreacentral", "koreasouth"],
    "Malaysia": ["malaysiawest", "southeastasia3"],
    "Mexico": ["mexicocentral"],
    "New Zealand": ["newzealandnorth"],
    "Norway": ["norwayeast", "norwaywest"],
    "Poland": ["polandcentral"],
    "Qatar": ["qatarcentral"],
    "Spain": ["spaincentral"],
    "Sweden": ["swedencentral", "swedensouth"],
    "Switzerland": ["switzerlandnorth", "switzerlandwest"],
    "Taiwan": ["taiwannorth", "taiwannorthwest"],
    "UAE": ["uaecentral", "uaenorth"],
    "United Kingdom": ["ukwest", "uksouth"],
    "United States": [
      "centralus", "eastus", "eastus2", "northcentralus", "southcentralus", "westcentralus",
      "westus", "westus2", "westus3",
    ],
  ]

  private static let names = Dictionary(
    regions.flatMap { geography, regions in regions.map { ($0, geography) } }
  ) { first, _ in first }

  /// Name of the geography of a region; a region that is not known is its own.
  static func name(of location: String) -> String { names[location] ?? location }
}
