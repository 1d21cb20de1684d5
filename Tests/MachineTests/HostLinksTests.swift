import Foundation
import Synchronization
import Testing

@testable import Machine

/// Hosts that are threads of this process, and reach each other over its loopback.
@Suite struct HostLinksTests {
    private static let loopback = ["127.0.0.1"]

    /// The links of so many hosts, all met.
    private static func met(_ hosts: Int) throws -> [HostLinks] {
        let links = try (0..<hosts).map { _ in try HostLinks(addresses: loopback, word: 7) }
        let invitations = links.map(\.invitation)
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        for host in 0..<hosts {
            nonisolated(unsafe) let own = links[host]
            group.enter()
            // A thread each: who waits for another must not keep it from running.
            Thread.detachNewThread {
                do {
                    try own.meet(
                        invitations, own: host, names: (0..<hosts).map { "host \($0)" },
                        seconds: 60)
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
                group.leave()
            }
        }
        group.wait()
        #expect(failures.withLock { $0 }.isEmpty)
        return links
    }

    @Test func eachHasAConnectionToEveryOther() throws {
        let links = try Self.met(3)
        for (host, own) in links.enumerated() {
            #expect(own.connections.map { $0 != nil } == (0..<3).map { $0 != host })
            for (other, connection) in own.connections.enumerated() {
                guard let connection else { continue }
                var byte = UInt8(10 * host + other)
                #expect(send(connection, &byte, 1, 0) == 1)
            }
        }
        for (host, own) in links.enumerated() {
            for (other, connection) in own.connections.enumerated() {
                guard let connection else { continue }
                var byte: UInt8 = 0
                #expect(recv(connection, &byte, 1, 0) == 1)
                #expect(byte == 10 * other + host)
            }
        }
    }

    @Test func whoCannotBeReachedIsNamed() throws {
        let links = try HostLinks(addresses: Self.loopback, word: 7)
        // A port that was just given back, by one who listens no more.
        var gone: HostLinks? = try HostLinks(addresses: Self.loopback, word: 7)
        let invitation = try #require(gone).invitation
        gone = nil
        let failure = try #require(throws: HostLinks.Failure.self) {
            try links.meet(
                [invitation, links.invitation], own: 1, names: ["far", "near"], seconds: 1)
        }
        #expect(failure.description.hasPrefix("host far cannot be reached at 127.0.0.1, port "))
        let silence = try #require(throws: HostLinks.Failure.self) {
            try links.meet(
                [links.invitation, invitation], own: 0, names: ["near", "far"], seconds: 1)
        }
        #expect(silence.description == "host far has not connected within 1 s")
    }

    /// One who does not know the word is sent away, and does not take a host's place.
    @Test func aStrangerIsNoHost() throws {
        let links = try HostLinks(addresses: Self.loopback, word: 7)
        let stranger = try HostLinks(addresses: Self.loopback, word: 8)
        let friend = try HostLinks(addresses: Self.loopback, word: 7)
        let invitations = [links.invitation, friend.invitation]
        let group = DispatchGroup()
        nonisolated(unsafe) let (first, second) = (links, friend)
        DispatchQueue.global().async(group: group) {
            try? first.meet(invitations, own: 0, names: ["a", "b"], seconds: 60)
        }
        #expect(throws: HostLinks.Failure.self) {
            try stranger.meet(
                [links.invitation, stranger.invitation], own: 1, names: ["a", "b"], seconds: 60)
        }
        DispatchQueue.global().async(group: group) {
            try? second.meet(invitations, own: 1, names: ["a", "b"], seconds: 60)
        }
        group.wait()
        #expect(links.connections.count == 2 && links.connections[1] != nil)
        #expect(friend.connections.first != nil && friend.connections[0] != nil)
    }

    @Test func thisHostHasAName() {
        let name = FileManager.default.contents(atPath: "/proc/sys/kernel/hostname") ?? Data()
        #expect("\(HostAddress.name)\n" == String(decoding: name, as: UTF8.self))
        #expect(!HostAddress.all.contains("127.0.0.1"))
    }
}
