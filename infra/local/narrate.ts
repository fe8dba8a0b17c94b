import type { TimelineEntry } from '../../schemas/cases.ts';
import { actorName, commandName, regionName } from './names.ts';
import { eventLines, type Scene } from './narrate-events.ts';
import { chinaTime } from './text.ts';

/** One timeline entry as lines: who did what, which message travelled, which clock started and when it is due, in China time. */
export function narrate(entry: TimelineEntry, scene: Scene): string[] {
  const head = `${chinaTime(entry.recordedAt)}  【${regionName(scene.region)}】${actorName(entry.actor)}：${commandName(entry.command)}`;
  return [head, ...entry.events.flatMap((event) => eventLines(event, scene)).map((line) => `    ${line}`)];
}
