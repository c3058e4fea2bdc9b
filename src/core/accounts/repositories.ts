/** Storage ports of core/accounts: what src/db must offer. Absent rows are `null`, never an exception. */

export interface AccountRepositories {}
