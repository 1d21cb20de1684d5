/// What `range` gives; `step` is not 0.
struct TemplateRange {
    let start: Int
    let end: Int
    let step: Int

    var count: Int {
        // Differences of numbers that are bounded where a range is made.
        let distance = step > 0 ? end - start : start - end
        return distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
    }

    func value(_ index: Int) -> TemplateValue { .integer(start + index * step) }
}
