import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// The broker's messages, and clients that do not keep to them.
@Suite(.serialized) struct BrokerProtocolTests {
    private static func frames(_ random: inout SeededGenerator) throws -> FetchedFrames {
        func plane() -> PixelPlane {
            let (height, width) = (Int.random(in: 0...9, using: &random), Int.random(in: 0...9, using: &random))
            let values = (0..<height * width).map { _ in UInt16.random(in: 0...UInt16.max, using: &random) }
            return switch Int.random(in: 0...2, using: &random) {
            case 0: .uint8(Plane(height: height, width: width, pixels: values.map { UInt8($0 & 0xFF) }))
            case 1: .uint16(Plane(height: height, width: width, pixels: values))
            default: .float32(Plane(height: height, width: width, pixels: values.map { Float($0) / 3 }))
            }
        }
        let channels = (1...Int.random(in: 1...3, using: &random)).map { number in
            let planes = (0..<Int.random(in: 1...4, using: &random)).map { _ in plane() }
            return FetchedChannel(number: number, planes: planes, kept: [planes.count - 1])
        }
        let input = InputRecord(source: "mirror", location: "a/b", files: [], planes: [], passedOver: ["x"])
        let wanted = WantedChannels(segmented: 1, profiled: channels.map { .number($0.number) }, measured: nil)
        let roles = try ImageChannels(wanted) { channel throws(IDRError) in
            guard case .number(let number) = channel else { throw IDRError(.missing, "no number") }
            return number
        } name: {
            "channel \"\($0)\" \u{1F9EA}"
        }
        return try FetchedFrames(channels, channels: roles, input: input, frames: Array(1...max(1, channels.first?.kept.count ?? 1)))
    }

    @Test func framesComeBackAsTheyWere() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let frames = try Self.frames(&random)
            let json = try JSONEncoder().encode(FramesFacts(frames))
            let back = try JSONDecoder().decode(FramesFacts.self, from: json).frames(frames.pixels())
            #expect(back.all.map(\.planes) == frames.all.map(\.planes) && back.channels == frames.channels)
            #expect(back.all.map(\.kept) == frames.all.map(\.kept) && back.input == frames.input)
        }
    }

    @Test func framesThatDoNotFitAreRefused() throws {
        var random = SeededGenerator(seed: 2)
        for round in 0..<200 {
            let frames = try Self.frames(&random)
            var facts = FramesFacts(frames)
            var pixels = try frames.pixels()
            switch round % 8 {
            case 0: pixels.append(0)
            case 1: facts.channels[0].planes[0].height = Int.max
            case 2: (facts.channels[0].planes[0].height, facts.channels[0].planes[0].width) = (-1, -pixels.count)
            case 3: facts.channels[0].planes[0].width += pixels.count + 1; facts.channels[0].planes[0].height += 1
            case 4: facts.channels[0].kept = [facts.channels[0].planes.count]
            case 5: facts.roles.segmented = facts.channels.count + 1
            case 6: facts.roles.profiled = [-1]
            default: facts.channels[0].planes.append(FramesFacts.Shape(type: .uint16, height: 1, width: 1))
            }
            #expect(throws: IDRError.self) { try facts.frames(pixels) }
        }
    }

    @Test func messagesComeThroughWhole() throws {
        let (one, descriptor) = try BrokerSocket.pair()
        let other = BrokerSocket(descriptor)
        let sent = (0..<20).map { BrokerFrame(json: Data(repeating: UInt8($0), count: $0 * 7), payload: [UInt8](repeating: 9, count: $0 * 1000)) }
        for frame in sent { try one.write(frame) }
        for frame in sent { #expect(try other.read(.answers) == frame) }
        one.end()
        #expect(try other.read(.answers) == nil)
    }

    private static func head(_ mark: String = "IDR1", json: UInt32, payload: UInt64) -> [UInt8] {
        Array(mark.utf8) + withUnsafeBytes(of: json.littleEndian, Array.init) + withUnsafeBytes(of: payload.littleEndian, Array.init)
    }

    private static let noMessages: [(String, [UInt8])] = [
        ("garbage", [UInt8](repeating: 0xFF, count: 64)), ("text", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ("json too long", head(json: .max, payload: 0)), ("json a little too long", head(json: 1 << 20 + 1, payload: 0)),
        ("payload", head(json: 2, payload: 1) + Array("{}!".utf8)), ("endless payload", head(json: 2, payload: .max)),
        ("another version", head("IDR2", json: 2, payload: 0) + Array("{}".utf8)), ("no question", head(json: 2, payload: 0) + Array("{}".utf8)),
        ("no JSON", head(json: 4, payload: 0) + [0, 1, 2, 3]), ("nothing", head(json: 0, payload: 0)),
        ("nested", head(json: 100_000, payload: 0) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)),
    ]

    @Test(arguments: noMessages)
    func whatIsNoMessageEndsTheSession(name: String, bytes: [UInt8]) async throws {
        let session = try await BrokerSession(SmallScreen())
        try session.write(bytes)
        let end = await session.outcome()
        #expect(end?.code == .refused, "\(name): \(String(describing: end))")
        #expect(try await session.answer() == nil)
    }

    @Test func whatBreaksOffIsAnEndAndNoOffence() async throws {
        for count in [1, 15, 16, 17] {
            let session = try await BrokerSession(SmallScreen())
            try session.write(Array((Self.head(json: 5, payload: 0) + [1]).prefix(count)))
            #expect(await session.end()?.code == .system, "\(count)")
        }
        let session = try await BrokerSession(SmallScreen())
        #expect(await session.end() == nil)
    }

    /// Questions with some of their bytes changed: answered, refused, or the end; nothing else.
    @Test func changedQuestionsDoNoHarm() async throws {
        var random = SeededGenerator(seed: 3)
        let screen = try await SmallScreen()
        var plan = Plan(screen: "idr0013A")
        plan.frames = [2]
        plan.selection = [.controls(.negative, words: ControlWords()), .wells(["A2"]), .first(1)]
        plan.segmentation = Segmentation(diameter: 27)
        let question = try JSONEncoder().encode(BrokerQuestion(id: 7, kind: .resolve(plan, isRepeated: false)))
        var ended = 0
        for _ in 0..<300 {
            var json = question
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                json[Int.random(in: json.indices, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            let session = try BrokerSession(screen)
            try session.socket.write(BrokerFrame(json: json))
            if try await session.answer() == nil { ended += 1 }
            let end = await session.end()
            #expect(end == nil || end?.code == .refused)
        }
        #expect(ended > 100)
    }

    @Test func tenThousandQuestionsAreAnsweredWithinLimits() async throws {
        let session = try await BrokerSession(SmallScreen())
        var plan = Plan(screen: "idr0013A")
        plan.frames = [2]
        let (_, frame) = try await session.ask(.resolve(plan, isRepeated: false))
        let run = try SHA256.digest(of: frame.payload).hex
        async let reader = OwnThread.run { () throws -> (images: Int, plans: Int, refused: Int) in
            var (images, plans, refused) = (0, 0, 0)
            while images + plans + refused < 10_000, let (answer, _) = try session.nextAnswer() {
                switch answer.kind {
                case .frames: images += 1
                case .resolved: plans += 1
                case .failure(let error): refused += error.code == .refused ? 1 : 10_000
                }
            }
            return (images, plans, refused)
        }
        try await OwnThread.run {
            for number in 0..<10_000 {
                try session.send(.fetch(run: number % 2 == 0 ? run : String(number), well: number % 3, field: 1), id: number)
            }
        }
        let counts = try await reader
        // Sixteen times each of the three images, and no more.
        #expect(counts.images == 48 && counts.plans == 0 && counts.refused == 9952, "\(counts)")
        #expect(await session.end() == nil)
    }

    @Test func plansAreCounted() async throws {
        let session = try await BrokerSession(SmallScreen())
        var plan = Plan(screen: "idr0013A")
        plan.frames = [2]
        var refused = 0
        for _ in 0..<300 {
            if case .failure(let error) = try await session.ask(.resolve(plan, isRepeated: false)).kind, error.code == .refused { refused += 1 }
        }
        #expect(refused == 300 - 256)
        #expect(await session.end() == nil)
    }

    /// A script that asks and never reads: the broker's memory and its other work do not wait for it.
    @Test func aClientThatNeverReadsIsLeftAlone() async throws {
        let session = try await BrokerSession(SmallScreen())
        var plan = Plan(screen: "idr0013A")
        plan.frames = [2]
        let (_, frame) = try await session.ask(.resolve(plan, isRepeated: false))
        let (run, sent) = (try SHA256.digest(of: frame.payload).hex, Count())
        let writer = Task {
            try await OwnThread.run {
                for number in 0..<10_000 {
                    try session.send(.fetch(run: run, well: number % 4, field: 1))
                    sent.add()
                }
            }
        }
        try await eventually("more answers than anybody takes") { sent.now > 16 }
        session.stop()
        #expect(await session.outcome() == nil)
        await #expect(throws: IDRError.self) { try await writer.value }
    }
}
