import Queuert
import Testing

@Suite("What is no cron expression") struct CronExpressionErrorTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var expression: String
        var code: CronExpressionError.Code
        var field: CronExpression.Field?
        var text: String?
        var testDescription: String { "\"\(expression)\"" }

        init(
            _ expression: String, _ code: CronExpressionError.Code, _ field: CronExpression.Field? = nil,
            _ text: String? = nil
        ) {
            self.expression = expression
            self.code = code
            self.field = field
            self.text = text
        }
    }

    @Test(
        "is refused with an error that names the field and the text",
        arguments: [
            Example("", .wrongNumberOfFields), Example("* * * *", .wrongNumberOfFields),
            Example("* * * * * * *", .wrongNumberOfFields), Example("@reboot", .unknownMacro),
            Example("@daily 3", .wrongNumberOfFields),
            Example("60 * * * *", .valueOutOfRange, .minute, "60"),
            Example("* 24 * * *", .valueOutOfRange, .hour, "24"),
            Example("* * 0 * *", .valueOutOfRange, .dayOfMonth, "0"),
            Example("* * 32 * *", .valueOutOfRange, .dayOfMonth, "32"),
            Example("* * * 0 *", .valueOutOfRange, .month, "0"),
            Example("* * * 13 *", .valueOutOfRange, .month, "13"),
            Example("* * * * 8", .valueOutOfRange, .dayOfWeek, "8"),
            Example("60 * * * * *", .valueOutOfRange, .second, "60"),
            Example("99999999999999999999 * * * *", .valueOutOfRange, .minute, "99999999999999999999"),
            Example("1,2, * * * *", .invalidValue, .minute, ""),
            Example("1,+2 * * * *", .invalidValue, .minute, "+2"),
            Example("-5 * * * *", .invalidValue, .minute, "-5"),
            Example("1-2-3 * * * *", .invalidValue, .minute, "1-2-3"),
            Example("*/5/5 * * * *", .invalidValue, .minute, "*/5/5"),
            Example("*5 * * * *", .invalidValue, .minute, "*5"),
            Example("? * * * *", .invalidValue, .minute, "?"),
            Example("L * * * *", .invalidValue, .minute, "L"),
            Example("MON * * * *", .invalidValue, .minute, "MON"),
            Example("* * * MON *", .invalidValue, .month, "MON"),
            Example("* * * * JAN", .invalidValue, .dayOfWeek, "JAN"),
            Example("* * * * L", .invalidValue, .dayOfWeek, "L"),
            Example("* * * * MON#", .invalidValue, .dayOfWeek, "MON#"),
            Example("* * * * #2", .invalidValue, .dayOfWeek, "#2"),
            Example("* * * * MON#6", .valueOutOfRange, .dayOfWeek, "MON#6"),
            Example("* * * * MON#0", .valueOutOfRange, .dayOfWeek, "MON#0"),
            Example("* * ?,1 * *", .invalidValue, .dayOfMonth, "?"),
            Example("é * * * *", .invalidValue, .minute, "é"),
            Example("* 22-2 * * *", .reversedRange, .hour, "22-2"),
            Example("* * * * FRI-MON", .reversedRange, .dayOfWeek, "FRI-MON"),
            Example("*/0 * * * *", .invalidStep, .minute, "*/0"),
            Example("*/90 * * * *", .invalidStep, .minute, "*/90"),
            Example("* */24 * * *", .invalidStep, .hour, "*/24"),
            Example("0 0 30 2 *", .neverTrue, .dayOfMonth, "0 0 30 2 *"),
            Example("0 0 31 2,4,6,9,11 ?", .neverTrue, .dayOfMonth, "0 0 31 2,4,6,9,11 ?"),
        ])
    func refused(_ example: Example) throws {
        let error = try #require(throws: CronExpressionError.self) { try CronExpression(example.expression) }
        #expect(error.code == example.code)
        #expect(error.field == example.field)
        #expect(error.text == example.text ?? example.expression)
    }

    @Test("is told in words that say what is allowed, and that hold the text for developers only")
    func words() throws {
        let error = try #require(throws: CronExpressionError.self) { try CronExpression("0 0 * * Mo") }
        #expect(error.description.hasPrefix("CronExpressionError(invalidValue, day of week). Allowed are 0 to 7"))
        #expect(!error.description.contains("Mo]"))
        #expect(error.debugDescription.hasSuffix("[Mo]"))
    }
}
