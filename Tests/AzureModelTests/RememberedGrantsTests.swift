import Testing

@testable import AzureModel

@Suite struct RememberedGrantsTests {
  private let grant = Grant(from: nil, until: nil, role: .owner)

  private func question(_ number: Int = 0) -> GrantQuestion {
    GrantQuestion(
      principalID: "\(number)",
      action: "a",
      plane: .data,
      scope: .root,
      tenantID: "t"
    )
  }

  @Test func `an answer is found once at a revision, and anew at another`() {
    let remembered = RememberedGrants()
    var findings = 0
    func ask(_ revision: Int) -> [Grant] {
      remembered.answer(question(), at: revision) {
        findings += 1
        return [grant]
      }
    }
    for (revision, expected) in [(1, 1), (1, 1), (2, 2), (2, 2), (1, 3)] {
      #expect(ask(revision) == [grant])
      #expect(findings == expected)
    }
  }

  @Test func `what cannot be found is not kept`() {
    struct Failure: Error {}
    let remembered = RememberedGrants()
    #expect(throws: Failure.self) {
      try remembered.answer(question(), at: 1) { throw Failure() }
    }
    #expect(remembered.answer(question(), at: 1) { [grant] } == [grant])
  }

  @Test func `memory has a bound`() {
    let remembered = RememberedGrants()
    for number in 0...RememberedGrants.countMax {
      _ = remembered.answer(question(number), at: 1) { [] }
      #expect(remembered.count <= RememberedGrants.countMax)
    }
    #expect(remembered.count == 1)
  }
}
