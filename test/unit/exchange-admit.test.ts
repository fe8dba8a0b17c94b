import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage, verifySender } from '../../functions/exchange/admit.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/messages.ts';
import { aRegion } from '../support/directory.ts';
import { at } from '../support/exchange.ts';
import { aKeyPair, aLetterEvent, aLetterNumber, aNoticeEvent, CHENGDU, HANGZHOU, PERSON, sealed } from '../support/messages.ts';

const RECEIVED = at('2026-11-20T01:00:05Z');
const key = aKeyPair();
const hangzhou = aRegion({ code: HANGZHOU, signingKeys: [key.published] });

const admit = (body: string, sender: typeof hangzhou | undefined = hangzhou, moments = [RECEIVED]) => {
  const unverified = readMessage(body, CHENGDU);
  verifySender(unverified, sender, moments);
  return unverified.message;
};

const refusalOf = (act: () => unknown): Refusal => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was admitted');
};

const without = (event: Record<string, unknown>, name: string) => Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
const letterData = () => aLetterEvent().data as Record<string, unknown>;

describe('E6 a message is admitted', () => {
  it('when its sender signed it', () => {
    expect(admit(sealed(key.privateKey, aLetterEvent()))).toMatchObject({ type: 'cn.jiexu.liaison-letter.v1', sequence: 1 });
  });

  it('with an extension attribute that nobody here reads, because it was signed too', () => {
    expect(admit(sealed(key.privateKey, aNoticeEvent(1, { traceparent: '00-1-2-03' })))).not.toHaveProperty('traceparent');
  });

  it('whatever the order of its members', () => {
    const body = sealed(key.privateKey, aNoticeEvent());
    const turned = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body)).reverse()));
    expect(admit(turned)).toMatchObject({ sequence: 1 });
  });

  it('up to exactly 200 KB', () => {
    const fill = (length: number) => sealed(key.privateKey, aNoticeEvent(1, { padding: 'x'.repeat(length) }));
    const room = MAX_MESSAGE_BYTES - Buffer.byteLength(fill(0));
    expect(admit(fill(room))).toMatchObject({ sequence: 1 });
    expect(refusalOf(() => admit(fill(room + 1))).code).toBe('message.too-large');
    expect(refusalOf(() => admit(fill(Math.ceil(room / 3)).replaceAll('x', '文'))).code).toBe('message.too-large');
  });
});

describe('bad input is refused with a code and the path of the first fault', () => {
  const signed = (event: Record<string, unknown>) => sealed(key.privateKey, event);
  it.each<[string, string, string, string]>([
    ['no JSON', '{', 'message.not-json', ''],
    ['nothing', '', 'message.not-json', ''],
    ['an array', '[]', 'message.schema', ''],
    ['null', 'null', 'message.schema', ''],
    ['an unknown type', signed(aNoticeEvent(1, { type: 'cn.jiexu.gossip.v1' })), 'message.schema', 'type'],
    ['another version of CloudEvents', signed(aNoticeEvent(1, { specversion: '0.3' })), 'message.schema', 'specversion'],
    ['no sequence', signed(without(aNoticeEvent(), 'sequence')), 'message.schema', 'sequence'],
    ['a source that is no region', signed(aNoticeEvent(1, { source: 'urn:jiexu:region:999999' })), 'message.schema', 'source'],
    [
      'a case number with a wrong check digit',
      signed(aNoticeEvent(1, { subject: '330100-20261120-000001-0' })),
      'message.schema',
      'subject',
    ],
    ['no signature', JSON.stringify(aNoticeEvent()), 'message.schema', 'signature'],
    [
      'an ID number with a wrong check character',
      signed(aLetterEvent(1, { data: { ...letterData(), person: { ...PERSON, idNumber: '110105194912310021' } } })),
      'message.schema',
      'data.person.idNumber',
    ],
    [
      'a field in the data that the schema does not know',
      signed(aNoticeEvent(1, { data: { letterNumber: aLetterNumber(), completedOn: '2026-11-20', creditedFen: 0, note: 'x' } })),
      'message.schema',
      'data',
    ],
    ['another recipient', signed(aNoticeEvent(1, { recipient: HANGZHOU })), 'message.not-ours', 'recipient'],
    [
      'a lone surrogate, which has no canonical form',
      signed(aNoticeEvent()).replace('{', '{"note":"\\ud800",'),
      'message.signature',
      'signature',
    ],
    [
      'endless nesting',
      signed(aNoticeEvent()).replace('{', `{"note":${'['.repeat(90_000)}${']'.repeat(90_000)},`),
      'message.signature',
      'signature',
    ],
  ])('%s', (_what, body, code, path) => {
    const refusal = refusalOf(() => admit(body));
    expect([refusal.code, refusal.errors[0]?.field ?? '']).toEqual([code, path]);
  });

  it.each([
    ['is not in the directory', undefined],
    ['has no key', aRegion({ code: HANGZHOU })],
  ])('a sender that %s', (_what, sender) => {
    const unverified = readMessage(sealed(key.privateKey, aNoticeEvent()), CHENGDU);
    expect(refusalOf(() => verifySender(unverified, sender, [RECEIVED])).code).toBe('message.unknown-sender');
  });

  it('a key in the directory that is no key', () => {
    const broken = aRegion({ code: HANGZHOU, signingKeys: [{ ...key.published, publicKey: 'AAAA' }] });
    expect(refusalOf(() => admit(sealed(key.privateKey, aNoticeEvent()), broken)).code).toBe('message.signature');
  });
});

type Path = readonly string[];
const leaves = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name])) : [path];

function changed(event: Record<string, unknown>, path: Path, to: unknown): Record<string, unknown> {
  const [name = '', ...rest] = path;
  return { ...event, [name]: rest.length === 0 ? to : changed(event[name] as Record<string, unknown>, rest, to) };
}

describe('E6 an altered message is refused', () => {
  const body = sealed(key.privateKey, aLetterEvent());
  const event: Record<string, unknown> = JSON.parse(body);
  const signed = canonicalJson(without(event, 'signature'));
  const altered = (other: string): boolean => {
    try {
      return canonicalJson(without(JSON.parse(other), 'signature')) !== signed;
    } catch {
      return true;
    }
  };

  it('whichever attribute or field of the data was altered', () => {
    const paths = leaves(event).filter(([name]) => name !== 'signature');
    expect(paths.length).toBeGreaterThan(25);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), (path, value) => {
        const other = JSON.stringify(changed(event, path, value));
        fc.pre(altered(other));
        refusalOf(() => admit(other));
      }),
    );
  });

  it('whichever byte was replaced', () => {
    const bytes = Buffer.from(body);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, difference) => {
        const other = Buffer.from(bytes);
        other[place] = (other[place] ?? 0) ^ difference;
        fc.pre(altered(other.toString()));
        refusalOf(() => admit(other.toString()));
      }),
      { numRuns: 500 },
    );
  });

  it('though every field still fits its schema', () => {
    const plausible = changed(event, ['data', 'payee', 'number'], '999999999999');
    expect(refusalOf(() => admit(JSON.stringify(plausible))).code).toBe('message.signature');
  });

  it.each(['__proto__', 'toJSON', 'extra'])('because an attribute %s was added', (name) => {
    expect(refusalOf(() => admit(body.replace('{', `{"${name}":{"a":1},`))).code).toBe('message.signature');
  });

  it('because an attribute that nobody reads was taken out', () => {
    const longer = JSON.parse(sealed(key.privateKey, aNoticeEvent(1, { traceparent: '00' })));
    expect(refusalOf(() => admit(JSON.stringify(without(longer, 'traceparent')))).code).toBe('message.signature');
  });

  it('whichever byte of the signature was altered', () => {
    const signature = Buffer.from(String(event.signature), 'base64url');
    for (const place of signature.keys()) {
      const other = Buffer.from(signature);
      other[place] = (other[place] ?? 0) ^ 1;
      const forged = JSON.stringify({ ...event, signature: other.toString('base64url') });
      expect(refusalOf(() => admit(forged)).code).toBe('message.signature');
    }
  });

  it('when another region signed it with its own key', () => {
    expect(refusalOf(() => admit(sealed(aKeyPair().privateKey, aNoticeEvent()))).code).toBe('message.signature');
  });
});

describe('E6 a key counts within its validity', () => {
  const [before, after] = [at('2026-11-01T00:00:00Z'), at('2026-12-01T00:00:00Z')];
  const old = aKeyPair({ validUntil: '2026-11-15T00:00:00.000Z' });
  const fresh = aKeyPair({ validFrom: '2026-11-10T00:00:00.000Z' });
  const rotating = aRegion({ code: HANGZHOU, signingKeys: [old.published, fresh.published] });
  const overlap = at('2026-11-12T00:00:00Z');

  it.each([
    ['the old key before the rotation', old, [before], true],
    ['the new key before the rotation', fresh, [before], false],
    ['the old key while both are valid', old, [overlap], true],
    ['the new key while both are valid', fresh, [overlap], true],
    ['the old key after the rotation', old, [after], false],
    ['the new key after the rotation', fresh, [after], true],
    ['the old key of a message that came in time and was handled late', old, [before, after], true],
    ['a key registered after its message had come', fresh, [before, after], true],
  ])('%s', (_what, { privateKey }, moments, admitted) => {
    const act = () => admit(sealed(privateKey, aNoticeEvent()), rotating, moments);
    if (admitted) expect(act()).toMatchObject({ sequence: 1 });
    else expect(refusalOf(act).code).toBe('message.signature');
  });
});
