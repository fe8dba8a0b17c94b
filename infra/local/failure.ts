/** Something the person at the keyboard can put right: shown as one sentence, without a stack trace, and ends the program with code 1. */
export class LocalFailure extends Error {
  override readonly name = 'LocalFailure';
}
