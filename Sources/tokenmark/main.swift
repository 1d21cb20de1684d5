internal import Glibc

Terminal.begin()
exit(Tokenmark.run(Array(CommandLine.arguments.dropFirst())))
