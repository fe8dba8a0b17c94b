/** One line of a file that an office handed in; `line` counts from 1 and includes the header. */
export type FileLine = { line: number; text: string };
