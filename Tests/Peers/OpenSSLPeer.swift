import CryptoEngine
import Foundation

/// The `openssl` program, which does everything asked of it here.
public enum OpenSSLPeer: Peer {
  /// Path of the program.
  public static let program = "/usr/bin/openssl"

  /// Everything.
  public static func can(_ verb: Request.Verb, _ algorithm: Algorithm) -> Bool { true }

  /// Runs the program once for each request.
  public static func answer(_ requests: [Request]) throws -> [[UInt8]] {
    try requests.map(answer)
  }

  private static func answer(_ request: Request) throws -> [UInt8] {
    let folder = try PrivateFolder()
    let key = try folder.write(request.key.utf8, to: "key.pem")
    let options = options(request.algorithm).flatMap { ["-pkeyopt", $0] }
    func run(_ arguments: String...) throws -> (status: Int32, output: [UInt8]) {
      let arguments = ["pkeyutl"] + arguments + ["-inkey", key] + options
      return try folder.run(program, arguments, input: request.value)
    }
    let curve = request.algorithm.curve
    switch request.verb {
    case .encrypt: return try output(run("-encrypt", "-pubin"))
    case .decrypt: return try output(run("-decrypt"))
    case .sign:
      let signature = try output(run("-sign"))
      return curve.map { DERSignature.raw(signature, width: $0.coordinateByteCount) } ?? signature
    case .verify:
      let signature =
        curve == nil ? [UInt8](request.signature) : DERSignature.der(request.signature)
      let file = try folder.write(signature, to: "signature")
      return try [run("-verify", "-pubin", "-sigfile", file).status == 0 ? 1 : 0]
    }
  }

  private static func output(_ run: (status: Int32, output: [UInt8])) throws -> [UInt8] {
    try PeerFailure.check(run.status == 0, "openssl")
    return run.output
  }

  private static func options(_ algorithm: Algorithm) -> [String] {
    func hash(_ name: HashAlgorithm?) -> String {
      name.map { $0.rawValue.lowercased().filter { $0 != "-" } } ?? "sha1"
    }
    let digest = algorithm.scheme?.hash ?? algorithm.curve?.hash
    switch algorithm {
    case .rsa15: return []
    case .rsaOAEP: return ["rsa_padding_mode:oaep", "rsa_oaep_md:sha1", "rsa_mgf1_md:sha1"]
    case .rsaOAEP256: return ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
    case .ps256, .ps384, .ps512:
      return [
        "digest:\(hash(digest))", "rsa_padding_mode:pss", "rsa_pss_saltlen:digest",
        "rsa_mgf1_md:\(hash(digest))",
      ]
    case .rsNull: return ["rsa_padding_mode:pkcs1"]
    default: return ["digest:\(hash(digest))"]
    }
  }
}

/// An ECDSA signature as a sequence of two integers in DER, read and written by hand so that the
/// engine's own conversion is not what checks it.
enum DERSignature {
  /// `r ‖ s` of `width` bytes each.
  static func raw(_ der: [UInt8], width: Int) -> [UInt8] {
    var rest = der.dropFirst(der[1] < 0x80 ? 2 : 3)
    var output: [UInt8] = []
    for _ in 0..<2 {
      let count = Int(rest[rest.startIndex + 1])
      let number = rest.dropFirst(2).prefix(count).drop { $0 == 0 }
      output += [UInt8](repeating: 0, count: width - number.count) + number
      rest = rest.dropFirst(2 + count)
    }
    return output
  }

  /// The DER form of `r ‖ s`.
  static func der(_ raw: some Collection<UInt8>) -> [UInt8] {
    let bytes = [UInt8](raw)
    let body = [bytes.prefix(bytes.count / 2), bytes.suffix(bytes.count / 2)].flatMap { half in
      var number = [UInt8](half.drop { $0 == 0 })
      if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
      return [0x02, UInt8(number.count)] + number
    }
    return (body.count < 0x80 ? [0x30] : [0x30, 0x81]) + [UInt8(body.count)] + body
  }
}
