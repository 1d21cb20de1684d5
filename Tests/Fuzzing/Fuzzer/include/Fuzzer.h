#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own: parses the options, calls `test` with one input after the other, and ends the
/// process.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

/// From here on the process ends as a finding when the calling thread holds more than this many
/// bytes that it did not hold before, or the process has computed for more than a second: not
/// waited, for which a busy machine is to blame.
void watch(size_t most_bytes);

/// Gives the process another second, for what a user would call another command.
void begin_next(void);

/// Ends what `watch` began.
void leave(void);
