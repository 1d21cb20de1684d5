/// One subject of an exam, such as `college_physics`.
package struct Subject: Equatable, Sendable {
    /// How files and prompts name it: words joined by underscores.
    package let key: String
    /// The class its score counts for, such as `STEM`.
    package let category: String
    /// Whether it is one of the subjects that C-Eval calls hard.
    package let isHard: Bool

    package init(key: String, category: String, isHard: Bool) {
        self.key = key
        self.category = category
        self.isHard = isHard
    }
}
