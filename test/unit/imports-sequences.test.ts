import { describe, expect, it } from 'vitest';
import { inSequences } from '../../functions/platform/sequences.ts';

describe('sequences', () => {
  const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('run so many at a time, one item of each, in the order of the file (E11)', async () => {
    const items = Array.from({ length: 60 }, (_, i) => ({ i, of: i % 20 }));
    const running = new Set<number>();
    const order = new Map<number, number[]>();
    let most = 0;
    const results = await inSequences(
      items,
      ({ of }) => String(of),
      async ({ i, of }) => {
        expect(running).not.toContain(of);
        running.add(of);
        most = Math.max(most, running.size);
        for (let n = 0; n < (i * 7) % 5; n += 1) await tick();
        running.delete(of);
        order.set(of, [...(order.get(of) ?? []), i]);
        return i * 2;
      },
      10,
    );
    expect(results).toEqual(items.map(({ i }) => i * 2));
    expect([...order].every(([of, said]) => said.join() === [of, of + 20, of + 40].join())).toBe(true);
    expect(most).toBe(10);
  });

  it('begin nothing new after a failure, and end what is under way before they throw it (E11)', async () => {
    const done: number[] = [];
    const all = inSequences(
      [0, 1, 2, 3, 4, 5],
      String,
      async (i) => {
        await tick();
        if (i === 0) throw new Error('broken');
        await tick();
        done.push(i);
        return i;
      },
      2,
    );
    await expect(all).rejects.toThrow('broken');
    expect(done).toEqual([1]);
  });
});
