import Charts
import Testing

struct MarkupTests {
    @Test func interpolatedTextIsEscapedAndLiteralsAreNot() {
        let model = "<script>alert(\"x\" & 'y')</script>"
        let markup: Markup = "<td title=\"\(model)\">"
        #expect(
            markup.text
                == "<td title=\"&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;\">"
        )
    }

    @Test func markupWithinMarkupIsNotEscapedTwice() {
        let inner: Markup = "<b>\("a<b")</b>"
        #expect(("<p>\([inner, inner])</p>" as Markup).text == "<p><b>a&lt;b</b><b>a&lt;b</b></p>")
    }

    @Test func controlsThatNoPageMayHoldAreReplaced() {
        #expect(
            Markup(escaping: "a\u{0}b\u{1B}[31m\u{85}\tc\n").text
                == "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}\tc\n")
    }

    @Test(arguments: [
        (1.0, "1"), (1.5, "1.5"), (1.05, "1.05"), (-0.25, "-0.25"), (2.999, "3"), (-0.001, "0"),
        (.nan, "0"), (.infinity, "0"),
    ])
    func placesHaveHundredthsAtMost(value: Double, text: String) {
        #expect(("\(value)" as Markup).text == text)
    }
}
