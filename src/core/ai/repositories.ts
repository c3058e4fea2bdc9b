/** Storage ports of core/ai: what src/db must offer. Absent rows are `null`, never an exception. */

export interface AiRepositories {}
