/// What happened, in order, told by everyone who holds the same journal.
package final class Journal {
    package private(set) var entries: [String] = []

    package init() {}

    package func clear() {
        entries = []
    }

    package func note(_ entry: String) {
        entries.append(entry)
    }
}
