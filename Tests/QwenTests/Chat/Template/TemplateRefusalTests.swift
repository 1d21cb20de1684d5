import Testing

@testable import Qwen

@Suite struct TemplateRefusalTests {
    /// Refused by name, with the line.
    @Test(arguments: [
        ("{% include 'x' %}", "the tag include"), ("{% raw %}x{% endraw %}", "the tag raw"),
        ("{% call m() %}x{% endcall %}", "the tag call"),
        ("{{ 'a'|wordwrap }}", "the filter wordwrap"),
        ("{{ 1 is filter }}", "the test filter"),
        ("{{ 'a'.zfill(3) }}", "the member zfill of a text"),
        ("{{ lipsum() }}", "the function lipsum"), ("{{ m(*a) }}", "a call unpacks its arguments"),
        ("{% for x in a recursive %}{% endfor %}", "a loop is recursive"),
        ("{{ '%s' % 1 }}", "a text that is formatted by %"),
        ("{{ 2 ** 64 }}", "a whole number beyond 64 bits"),
        ("{{ [1]|select }}", "is written as a text"), ("{{ varargs }}", "the name varargs"),
    ])
    func whatIsNotDoneIsNamed(_ template: String, _ name: String) throws {
        let error = #expect(throws: TemplateError.self) { try rendered("\n\n" + template) }
        #expect(error?.kind == .unsupported)
        #expect(error?.line == 3)
        #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
    }

    /// Where jinja2 fails.
    @Test(arguments: [
        "{{ missing.a }}", "{{ missing['a'] }}", "{{ missing() }}", "{{ missing + 1 }}",
        "{{ 'a' + 1 }}",
        "{{ 1 < 'a' }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1 in 'a' }}", "{{ missing|tojson }}",
        "{{ 1|length }}",
        "{{ ''.split('') }}", "{{ [].append(1) }}", "{{ {}.update({}) }}", "{{ {[]: 1} }}",
        "{{ [1][::0] }}",
        "{% for x in 1 %}{% endfor %}", "{% set a, b = [1] %}", "{% set x.y = 1 %}",
        "{{ ''.__class__ }}",
        "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}",
        "{{ range(100001)|list }}", "{{ {1: 2}|tojson(sort_keys=1)|int.x }}", "{{ -'a' }}",
        "{{ none|items }}",
    ])
    func whatFailsInPythonFails(_ template: String) throws {
        #expect(throws: TemplateError.self) { try rendered(template) }
    }

    @Test(arguments: [
        "{{", "{{ 1", "{{ 1 %}", "{% if %}{% endif %}", "{% if 1 %}", "{% endif %}",
        "{% for x %}{% endfor %}",
        "{{ 'a }}", "{# no", "{% nonsense %}", "{{ a b }}", "{{ (1 }}", "{{ 1) }}", "{{ a.1b }}",
        "{% break %}",
        "{% set true = 1 %}", "{{ f(a=1, 2) }}", "{{ '\\x4' }}", "{{ $ }}",
        "{% macro m(a, a) %}{% endmacro %}",
    ])
    func whatIsNoTemplateIsRefused(_ template: String) throws {
        #expect(throws: TemplateError.self) { try Template(template) }
    }
}
