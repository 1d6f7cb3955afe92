import IDRNotebook
import Testing

@Suite struct NumberTests {
    @Test func numbersHaveNoMoreDigitsThanTheyNeed() {
        #expect(NumberText.plain(1.5, decimals: 3) == "1.5")
        #expect(NumberText.plain(-0.001, decimals: 2) == "0")
        #expect(NumberText.plain(0.05, decimals: 2) == "0.05")
        #expect(NumberText.plain(-.infinity, decimals: 2) == "-inf")
        #expect(NumberText.short(0.000012345) == "1.23e-5")
        #expect(NumberText.short(-1234567) == "-1.23e6")
        #expect(NumberText.short(9.999e9) == "1e10")
        #expect(NumberText.short(123.456) == "123")
        #expect(NumberText.short(.leastNonzeroMagnitude).hasSuffix("e-324"))
        #expect(NumberText.count(1_234_567) == "1,234,567" && NumberText.count(-999) == "-999")
        #expect(NumberText.count(1, "value") == "1 value")
    }

    @Test func ticksAreRoundNumbersWithinTheEnds() {
        let scale = Scale(0.13...0.87, from: 0, to: 600, spacing: 60)
        #expect(scale.ticks.map(scale.text) == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"])
        #expect(scale.place(0.13) == 0 && scale.place(0.87) == 600 && scale.place(0.5) == 300)
        let millions = Scale(-2e6...3e6, from: 0, to: 300, spacing: 60)
        #expect(millions.ticks.map(millions.text) == ["-2e6", "-1e6", "0", "1e6", "2e6", "3e6"])
    }

    @Test(arguments: [0.0, 5, -1e150, 1e-300, 3.3e100]) func oneValueIsInTheMiddle(_ value: Double) {
        let scale = Scale(value...value, from: 0, to: 100)
        #expect(abs(scale.place(value) - 50) < 1e-6)
        #expect(!scale.ticks.isEmpty && Set(scale.ticks.map(scale.text)).count == scale.ticks.count)
    }
}
