/// Names that the service makes from a cluster's own.
extension Cluster {
  /// First label of the API server's name, as `az` chooses it.
  ///
  /// Source: AKS specification §1; Azure CLI, default DNS prefix.
  public var dnsPrefix: String {
    func plain(_ text: String) -> String {
      text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
    var own = String(plain(name).prefix(10))
    if own.first?.isLetter != true { own = String("a\(own)".prefix(10)) }
    return "\(own)-\(plain(resourceGroup).prefix(16))-\(subscriptionID.prefix(6))"
  }

  /// Host name of the API server.
  public var fqdn: String {
    "\(dnsPrefix)-\(mark(8, of: "fqdn")).hcp.\(location).azmk8s.io".lowercased()
  }

  /// Letters and digits that stay the same for a part of a cluster, as generated names have them.
  ///
  /// By the hash FNV-1a of cluster and part: names need be stable and apart, not secret.
  func mark(_ count: Int, of part: String) -> String {
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    var hash = "\(resourceID.lowercased()) \(part)".utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    var mark = ""
    for _ in 0..<count {
      mark.append(alphabet[Int(hash % UInt64(alphabet.count))])
      hash /= UInt64(alphabet.count)
    }
    return mark
  }
}
