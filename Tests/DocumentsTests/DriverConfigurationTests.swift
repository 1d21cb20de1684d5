import Documents
import Sweep
import Testing

@Suite struct DriverConfigurationTests {
    private func read(_ text: String) throws -> DriverConfiguration {
        try DriverConfiguration(IniFile(parsing: text))
    }

    @Test func defaultsAreTheDocuments() throws {
        let configuration = try read("[performance]\n")
        #expect(configuration.batchSizes == [1])
        #expect(configuration.perfMode == .normal)
        #expect(configuration.bindsCPU)
        // 2⁵ … 2¹⁰ both ways, input outside.
        let cases = try configuration.cases
        #expect(cases.count == 36)
        #expect(cases.first == LengthPair(32, 32))
        #expect(cases[1] == LengthPair(32, 64))
        #expect(cases.last == LengthPair(1024, 1024))
        #expect(configuration.warnings.isEmpty)
    }

    @Test func aFileOfTheirsIsAcceptedAsItIs() throws {
        let configuration = try read(
            """
            [model]
            model_path=../model
            ;device_ids=0,1
            parallel_backend=hccl
            log_dir=./log
            bind_cpu=1
            [precision]
            mode=mmlu
            work_dir=./
            batch=1
            shot=5
            seq_len_out=32
            [performance]
            model_name=qwen-14b
            batch_size=1
            max_len_exp=10
            min_len_exp=5
            case_pair=[[256,64],[512,128],[1024,256],[3584,512]]
            save_file_name=
            perf_mode=detail
            skip_decode=1
            """)
        #expect(configuration.modelPath == "../model")
        #expect(configuration.modelName == "qwen-14b")
        #expect(configuration.perfMode == .detail)
        #expect(
            try configuration.cases == [
                LengthPair(256, 64), LengthPair(512, 128),
                LengthPair(1024, 256), LengthPair(3584, 512),
            ])
    }

    /// The sample of their README, with the keys that it has in comments.
    @Test func theirSampleIsReadWhole() throws {
        let configuration = try read(
            """
            [model]
            ;模型路径
            model_path=../model
            device_ids=0
            bind_cpu=1
            [precision]
            mode=ceval
            work_dir=./
            batch=1
            shot=5
            seq_len_out=32
            [performance]
            model_name=vicuna_13b
            batch_size=1
            max_len_exp=10
            min_len_exp=5
            case_pair=[[1,2],[2,3]]
            save_file_name=
            perf_mode=
            skip_decode=
            """)
        #expect(configuration.warnings == [])
        #expect(configuration.perfMode == .normal)
        #expect(configuration.saveFileName == "")
        #expect(try configuration.cases == [LengthPair(1, 2), LengthPair(2, 3)])
    }

    /// Every key that is done, alone in its file.
    @Test func whatAKeySaysIsDone() throws {
        func read(_ text: String) throws -> DriverConfiguration {
            let configuration = try self.read(text)
            #expect(configuration.warnings == [], "\(text)")
            return configuration
        }
        #expect(try read("[model]\nmodel_path=m").modelPath == "m")
        #expect(try !read("[model]\nbind_cpu=0").bindsCPU)
        #expect(try read("[precision]\nwork_dir=w").workDirectory == "w")
        #expect(try "\(read("[precision]\nmode=mmlu").exam)" == "mmlu")
        #expect(try read("[precision]\nbatch=3").questionBatch == 3)
        #expect(try read("[precision]\nshot=0").shots == 0)
        #expect(try read("[precision]\nseq_len_out=7").answerTokens == 7)
        #expect(try read("[performance]\nmodel_name=vicuna_13b").modelName == "vicuna_13b")
        #expect(try read("[performance]\nbatch_size=8").batchSizes == [8])
        #expect(try read("[performance]\nmin_len_exp=2").minimumExponent == 2)
        #expect(try read("[performance]\nmax_len_exp=12").maximumExponent == 12)
        #expect(try read("[performance]\ncase_pair=[[1,2]]").cases == [LengthPair(1, 2)])
        #expect(try read("[performance]\ncase_pair=None").casePairs == nil)
        #expect(try read("[performance]\nsave_file_name=mine.csv").saveFileName == "mine.csv")
        #expect(try read("[performance]\nperf_mode=detail").perfMode == .detail)
        _ = try read("[performance]\nskip_decode=1")
    }

    /// What a CPU cannot do is said, by the key.
    @Test(arguments: [
        ("[model]\ndevice_ids=2", "device_ids = 2"),
        ("[model]\ndevice_ids=2,3", "device_ids = 2,3"),
        ("[model]\nparallel_backend=hccl", "parallel_backend = hccl"),
        ("[model]\nlog_dir=./log", "log_dir = ./log"),
        ("[precision]\nmode=gsm8k", "mode = gsm8k"),
        ("[performance]\nperf_mode=fast", "perf_mode = fast"),
        ("[performance]\nskip_decode=0", "skip_decode = 0"),
        ("[ceval]\nshot=5", "[ceval]"),
    ])
    func whatIsNotDoneIsSaid(_ text: String, _ says: String) throws {
        let warnings = try read(text).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains(says) == true)
    }

    @Test func devicesAreCounted() throws {
        #expect(try read("[model]\nbind_cpu=1").deviceCount == 1)
        for (list, count) in [("0", 1), ("0,1", 2), ("0, 1, 2,3", 4)] {
            let configuration = try read("[model]\ndevice_ids=\(list)")
            #expect(configuration.deviceCount == count)
            #expect(configuration.warnings.isEmpty)
        }
        #expect(try read("[model]\ndevice_ids=2,3").deviceCount == 2)
    }

    @Test func aListOfBatchSizesIsOurExtension() throws {
        #expect(try read("[performance]\nbatch_size = 1, 2,4").batchSizes == [1, 2, 4])
    }

    @Test func anUnknownSectionIsAWarning() throws {
        let configuration = try read("[weather]\nrain=1\n")
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings[0].contains("[weather]"))
    }

    @Test(arguments: [
        ("[performance]\nbatch=1", "performance", "batch"),
        ("[model]\ncolour=red", "model", "colour"),
        ("[precision]\nbatch_size=1", "precision", "batch_size"),
        ("[performance]\nbatch_size=0", "performance", "batch_size"),
        ("[performance]\nbatch_size=1,,2", "performance", "batch_size"),
        ("[performance]\nbatch_size=9999999999999999999999", "performance", "batch_size"),
        ("[performance]\nmax_len_exp=64", "performance", "max_len_exp"),
        ("[performance]\nmin_len_exp=9\nmax_len_exp=8", "performance", "min_len_exp"),
        ("[performance]\ncase_pair=[[1,2],[3]]", "performance", "case_pair"),
        ("[performance]\ncase_pair=[[1,0]]", "performance", "case_pair"),
        ("[performance]\ncase_pair=[]", "performance", "case_pair"),
        ("[performance]\nsave_file_name=../x.csv", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=report.html", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=tables.md", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=Summary.csv", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=manifest.json.tmp", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=samples.jsonl", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=probes.jsonl", "performance", "save_file_name"),
        ("[performance]\nsave_file_name=.lock", "performance", "save_file_name"),
        ("[performance]\nskip_decode=yes", "performance", "skip_decode"),
        ("[performance]\nskip_decode=2", "performance", "skip_decode"),
        ("[model]\nbind_cpu=2", "model", "bind_cpu"),
        ("[model]\ndevice_ids=npu", "model", "device_ids"),
        ("[model]\ndevice_ids=0,0", "model", "device_ids"),
        ("[precision]\nbatch=0", "precision", "batch"),
        ("[precision]\nshot=-1", "precision", "shot"),
        ("[precision]\nseq_len_out=0", "precision", "seq_len_out"),
    ])
    func whatCannotBeUsedNamesSectionAndKey(_ text: String, _ section: String, _ key: String) {
        let error = #expect(throws: DriverConfigurationError.self) { try read(text) }
        #expect(error?.section == section)
        #expect(error?.key == key)
    }
}
