import ClusterModel
import EncryptionAtRest
import Testing

@Suite struct SecretSelectionTests {
  @Test(arguments: [
    ("", true), ("app", true), ("!app", false), ("app=db", true), ("app==db", true),
    ("app!=db", false), ("tier!=web", true), ("app in (db, web)", true), ("app notin (db)", false),
    ("tier notin (x)", true), ("app=db,!tier", true), ("app=db,tier", false),
    ("example.com/a=b", true),
    ("app in (x),app", false), (" app = db ", true), ("empty=", true),
  ])
  func `labels are what a selector asks for, or not`(selector: String, isMatch: Bool) throws {
    let labels = ["app": "db", "example.com/a": "b", "empty": ""]
    #expect(try LabelSelector(parsing: selector).matches(labels) == isMatch)
  }

  @Test(arguments: ["a=b=c", "=b", "a in b", "a in (b", "a b", "/x=y", "a=-", "!", "a=b c"])
  func `a selector that cannot be read is refused`(selector: String) throws {
    let error = #expect(throws: ClusterError.self) { try LabelSelector(parsing: selector) }
    #expect(error?.code == .selectorInvalid)
  }

  @Test(arguments: [
    ("type=Opaque", true), ("type!=Opaque", false), ("type==Opaque", true),
    ("metadata.name=s,type=Opaque", true), ("metadata.namespace!=n", false), ("type=x", false),
  ])
  func `fields are what a selector asks for, or not`(selector: String, isMatch: Bool) throws {
    let secret = KubernetesSecret(name: "s", namespace: "n", uid: "u", creationTimestamp: nil)
    #expect(try SecretSelection(fieldSelector: selector).matches(secret) == isMatch)
  }

  @Test(arguments: ["data=x", "type", "type>x", "=x"])
  func `a field that Secrets are not selected by is refused`(selector: String) throws {
    let error = #expect(throws: ClusterError.self) { try SecretSelection(fieldSelector: selector) }
    #expect(error?.code == .selectorInvalid)
  }
}
