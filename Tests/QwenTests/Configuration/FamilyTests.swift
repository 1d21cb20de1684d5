import Testing

@testable import Qwen

/// What every family must say of itself, whichever there are.
@Suite struct FamilyTests {
    private func models(_ architecture: Architecture) throws -> [ModelConfiguration] {
        try ReferenceFixture.names.map { try ReferenceFixture.load($0).model }
            .filter { $0.architecture == architecture }
    }

    @Test(arguments: Architecture.allCases)
    func itIsThatOfItsArchitecture(_ architecture: Architecture) {
        let family = architecture.family
        #expect(family.architecture == architecture)
        let classes = Set(Architecture.allCases.map { $0.family.className })
        #expect(classes.count == Architecture.allCases.count)
    }

    /// Whoever adds one adds a model of it to `scripts/reference/make_fixtures.py`.
    @Test(arguments: Architecture.allCases)
    func itIsHeldAgainstTheReference(_ architecture: Architecture) throws {
        #expect(try !models(architecture).isEmpty)
    }

    @Test(arguments: Architecture.allCases)
    func everyTensorHasAPlaceOfItsOwn(_ architecture: Architecture) throws {
        for model in try models(architecture) {
            let places = TensorRole.all(model).map { $0.place(in: model) }
            #expect(Set(places.map { "\($0.name) from \($0.start)" }).count == places.count)
            #expect(
                places.allSatisfy { $0.name.hasSuffix(".weight") || $0.name.hasSuffix(".bias") })
        }
    }

    /// What is written of a model is read as the same.
    @Test(arguments: Architecture.allCases)
    func biasesThatAreWrittenAreAllTheClassHas(_ architecture: Architecture) throws {
        let family = architecture.family
        for model in try models(architecture) {
            let written = family.writtenBiases(model.biases)
            #expect(written.isSuperset(of: model.biases))
            #expect(family.writtenBiases(written) == written)
        }
    }
}
