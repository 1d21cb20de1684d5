import Glibc
import Isolation
import Sweep
import TestSupport

// A worker process whose engine does what the variable SCRIPTED_FAULTS says, such as
// "b1-i4-o3/0=kill b2-i4-o3/1=stall": what happens in which call of which point.

/// The fault that a word of the variable names; nil if it names none.
func fault(_ word: Substring) -> ScriptedEngine.Fault? {
    let parts = word.split(separator: "=")
    let place = parts[0].split(separator: "/")
    guard parts.count == 2, place.count == 2, let call = Int(place[1]) else { return nil }
    let kinds: [Substring: ScriptedEngine.Fault.Kind] = [
        "kill": .die(signal: SIGKILL), "segv": .die(signal: SIGSEGV), "memory": .fillMemory,
        "stall": .stall, "half": .halfAnswer, "fail": .fail("told to fail"),
        "skip": .skip("told to skip"),
    ]
    return kinds[parts[1]].map { ScriptedEngine.Fault(String(place[0]), .run(call: call), $0) }
}

let engine = ScriptedEngine()
let words = getenv("SCRIPTED_FAULTS").map { String(cString: $0) } ?? ""
engine.faults = words.split(separator: " ").compactMap(fault)
if words == "refuse" {
    WorkerServer().refuse("no such model")
} else if words == "die" {
    exit(7)
} else if words == "lost" {
    RankServer.tellLoss("rank 1 (process 7) has died")
    while true { pause() }
} else if words == "meet" {
    // Takes longer to load than to meet.
    RankServer.tellMeeting()
    usleep(400_000)
    try WorkerServer().serve(engine, facts: "{}")
} else if words == "hang" {
    // Until it is killed; a signal that it leaves to its parent wakes it up for nothing.
    while true { pause() }
} else {
    try WorkerServer().serve(engine, facts: "{\"scripted\":true}")
}
