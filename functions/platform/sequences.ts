/**
 * Acts on every item; those of one sequence one after the other, at most `atOnce` sequences at a time, in the order in which they begin. After a
 * failure nothing new is begun, and it is thrown once all that was under way has ended.
 * @returns the results in the order of the items
 */
export async function inSequences<T, R>(
  items: readonly T[],
  sequenceOf: (item: T) => string,
  act: (item: T) => Promise<R>,
  atOnce: number,
): Promise<R[]> {
  const sequences = Map.groupBy(items.entries(), ([, item]) => sequenceOf(item)).values();
  const results: R[] = [];
  let failed = false;
  const worker = async (): Promise<void> => {
    // All workers take from the one iterator.
    for (const sequence of sequences) {
      for (const [index, item] of sequence) {
        if (failed) return;
        try {
          results[index] = await act(item);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}
