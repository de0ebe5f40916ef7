// uvu reads these globals while it is being imported: the runner, not a timer, starts the tests.
export const uvuState = globalThis as { UVU_DEFER?: number; UVU_QUEUE?: unknown[][]; UVU_INDEX?: number };
uvuState.UVU_DEFER = 1;
uvuState.UVU_QUEUE = [];
uvuState.UVU_INDEX = 0;
