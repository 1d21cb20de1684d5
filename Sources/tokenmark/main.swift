internal import Glibc

exit(Tokenmark.run(Array(CommandLine.arguments.dropFirst())))
