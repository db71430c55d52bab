extension ResourceGroup {
  /// What `az group create` and `show` print.
  public var azShape: JSONTree {
    [
      "id": .string(resourceID), "location": .string(location), "managedBy": nil,
      "name": .string(name), "properties": ["provisioningState": "Succeeded"],
      "tags": labels.map { .strings($0) } ?? nil,
      "type": "Microsoft.Resources/resourceGroups",
    ]
  }
}
