import { describe, expect, test } from 'vitest';
import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import type { Side } from '../../schemas/codes.ts';
import type { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { disagreements } from '../support/agreement.ts';
import { remittance, WUHAN } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { applyBody, ENROLLED, openBody, refusedWith, requestBody, SECOND, SUSPENDED, voucherBody } from '../support/roads.ts';

/** One person at every window; who comes by message is found by the same number. */
const personHash = PersonHash.parse(sha256(person(1).idNumber));
const open = (): CommandOf<'open'> => ({ ...openBody(), personHash });
const voucher = (): CommandOf<'send-voucher'> => ({ ...voucherBody(), personHash });
const request = (side: Side): CommandOf<'request'> => ({ ...requestBody(side), personHash });
const ACCEPT: Command = { name: 'accept', facts: ENROLLED };
const LETTER: Command = { name: 'send-letter' };
const REFUSE: Command = { name: 'refuse', entry: { reasons: [{ code: 'no-relation' }] } };
const YES = { transferIn: { name: 'give-verdict', facts: ENROLLED }, transferOut: { name: 'give-verdict', facts: SUSPENDED } } as const;

/** Several windows at which the same person is taken in. */
class Windows {
  readonly exchange: PureExchange;

  constructor(family: '2016' | '2021') {
    this.exchange = new PureExchange({ family });
  }

  begin(region: RegionCode, command: Command, ...then: Command[]): CaseNumber {
    const caseNumber = this.exchange.begin(region, command);
    this.give(region, caseNumber, ...then);
    return caseNumber;
  }

  give(region: RegionCode, caseNumber: CaseNumber, ...commands: Command[]): this {
    for (const command of commands) this.exchange.give(region, caseNumber, command);
    return this;
  }

  /** Everything of one case arrives, answers and receipts too. */
  deliver(caseNumber: CaseNumber): this {
    const next = () => this.exchange.inFlight.findIndex((parcel) => parcel.caseNumber === caseNumber);
    for (let i = next(); i >= 0; i = next()) this.exchange.deliver(i);
    return this;
  }

  /** Statuses of a case at these regions when nothing is under way any more. */
  ending(caseNumber: CaseNumber, ...regions: RegionCode[]) {
    this.exchange.deliverAll();
    expect(disagreements(this.exchange)).toEqual([]);
    return regions.map((region) => this.exchange.state(region, caseNumber)?.status);
  }

  reasons(region: RegionCode, caseNumber: CaseNumber) {
    return this.exchange.state(region, caseNumber)?.ineligible?.map(({ code, note }) => `${code} ${note}`);
  }
}
const names = (caseNumber: CaseNumber) => [`already-open 在办业务编号 ${caseNumber}`];

describe('one person has one open case for a scheme and former region (A10)', () => {
  test('a second application at the same window is refused and names the first', () => {
    const windows = new Windows('2016');
    const first = windows.begin(HANGZHOU, open());
    expect(refusedWith(() => windows.begin(HANGZHOU, open()))).toEqual(['case.already-open', 'person already_open']);
    expect(() => windows.begin(HANGZHOU, open())).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ reason: first })] }),
    );
    windows.give(HANGZHOU, first, { name: 'withdraw', withdrawal: { reason: '本人改变主意' } });
    expect(windows.ending(windows.begin(HANGZHOU, open()), HANGZHOU)).toEqual(['opened']);
  });

  test('letters from two regions: the second is refused and names the first', () => {
    const windows = new Windows('2016');
    const [first, second] = [HANGZHOU, WUHAN].map((region) => windows.begin(region, open(), ACCEPT, LETTER)) as [CaseNumber, CaseNumber];
    windows.deliver(first);
    expect(windows.ending(second, WUHAN, CHENGDU)).toEqual(['ineligible', 'refused']);
    expect(windows.reasons(WUHAN, second)).toEqual(names(first));
    expect(windows.ending(first, HANGZHOU, CHENGDU)).toEqual(['letter-sent', 'letter-received']);
  });
});

describe('opened at both windows in the same instant: the one opened at transferIn survives (A10)', () => {
  test.each([true, false])('2021; transferIn hears of it first: %s', (transferInFirst) => {
    const windows = new Windows('2021');
    const there = windows.begin(HANGZHOU, request('transferIn'));
    const here = windows.begin(CHENGDU, request('transferOut'));
    windows.deliver(transferInFirst ? here : there).deliver(transferInFirst ? there : here);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['refused', 'ineligible']);
    expect(windows.reasons(CHENGDU, here)).toEqual(names(there));
    windows.give(CHENGDU, here, { name: 'notify-applicant', channel: 'counter' }).give(CHENGDU, there, YES.transferOut);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['refused', 'refused']);
    expect(windows.ending(there, HANGZHOU, CHENGDU)).toEqual(['accepted', 'accepted']);
  });

  test.each([true, false])('2016, voucher sent and opened at the counter; the voucher arrives before the letter: %s', (voucherFirst) => {
    const windows = new Windows('2016');
    const here = windows.begin(CHENGDU, voucher());
    const there = windows.begin(HANGZHOU, open(), ACCEPT, LETTER);
    windows.deliver(voucherFirst ? here : there).deliver(voucherFirst ? there : here);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['withdrawn', 'withdrawn']);
    expect(windows.ending(there, HANGZHOU, CHENGDU)).toEqual(['letter-sent', 'letter-received']);
    const [withdrawn] = windows.exchange.entries(HANGZHOU, here).flatMap(({ events }) => events.filter(({ type }) => type === 'withdrawn'));
    expect(withdrawn).toMatchObject({ reason: `该参保人已有在办业务 ${there}` });
  });

  test('the voucher came first, and the application goes on with it', () => {
    const windows = new Windows('2016');
    const here = windows.begin(CHENGDU, voucher());
    windows.deliver(here);
    expect(refusedWith(() => windows.begin(HANGZHOU, open()))).toEqual(['case.already-open', 'person already_open']);
    windows.give(HANGZHOU, here, applyBody(), ACCEPT, LETTER);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['letter-sent', 'letter-received']);
  });

  test('the window at transferOut yields to the region it wrote to and to no other', () => {
    const windows = new Windows('2021');
    const here = windows.begin(CHENGDU, request('transferOut'));
    const elsewhere = windows.begin(WUHAN, request('transferIn'));
    windows.deliver(elsewhere);
    expect(windows.ending(elsewhere, WUHAN, CHENGDU)).toEqual(['ineligible', 'refused']);
    expect(windows.reasons(WUHAN, elsewhere)).toEqual(names(here));
    windows.give(HANGZHOU, here, YES.transferIn);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['accepted', 'accepted']);
  });

  test('it yields until transferIn has spoken and never after: the balance would go twice', () => {
    const windows = new Windows('2021');
    const first = windows.begin(CHENGDU, request('transferOut'));
    windows
      .deliver(first)
      .give(HANGZHOU, first, YES.transferIn)
      .deliver(first)
      .give(CHENGDU, first, { name: 'propose-remittance', entry: remittance() });
    const copy = windows.exchange.state(CHENGDU, first);
    const proposal = copy?.side === 'transferOut' ? copy.remittanceProposal!.proposal : 0;
    windows.exchange.give(CHENGDU, first, { name: 'approve-remittance', proposal }, SECOND);
    const second = windows.begin(WUHAN, request('transferIn'));
    expect(windows.ending(second, WUHAN, CHENGDU)).toEqual(['ineligible', 'refused']);
    expect(windows.reasons(WUHAN, second)).toEqual(names(first));
    expect(windows.ending(first, HANGZHOU, CHENGDU)).toEqual(['accepted', 'account-settled']);
  });

  test('a forwarded letter takes nothing from a voucher: at transferIn it stands for another former region (B6)', () => {
    const windows = new Windows('2016');
    const application = { ...applicationBody(1), formerRegion: WUHAN };
    const wuhans = { ...open(), application: { ...open().application, formerRegion: WUHAN } };
    wuhans.application.voucher = { ...wuhans.application.voucher, participationRegion: application.formerRegion };
    const forwarded = windows.begin(HANGZHOU, wuhans, ACCEPT, LETTER);
    windows.deliver(forwarded);
    const here = windows.begin(CHENGDU, voucher());
    windows.give(WUHAN, forwarded, { name: 'forward', entry: { region: CHENGDU, reason: '关系在该地区' } }).deliver(forwarded);
    expect(windows.ending(forwarded, HANGZHOU, CHENGDU, WUHAN)).toEqual(['ineligible', 'refused', 'forwarded']);
    expect(windows.reasons(HANGZHOU, forwarded)).toEqual(names(here));
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['voucher-received', 'voucher-sent']);
  });

  /** The voucher is under way while a letter takes the place that it yields, and that hand-over ends. */
  function voucherAfterRefusal() {
    const windows = new Windows('2016');
    const here = windows.begin(CHENGDU, voucher());
    const there = windows.begin(HANGZHOU, open(), ACCEPT, LETTER);
    windows.deliver(there).give(CHENGDU, there, REFUSE).deliver(there);
    return { windows: windows.deliver(here), here };
  }

  test('what had yielded goes on when the other has ended, and has its place again from its letter on', () => {
    const { windows, here } = voucherAfterRefusal();
    windows.give(HANGZHOU, here, applyBody(), ACCEPT, LETTER);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['letter-sent', 'letter-received']);
    const second = windows.begin(WUHAN, open(), ACCEPT, LETTER);
    expect(windows.ending(second, WUHAN, CHENGDU)).toEqual(['ineligible', 'refused']);
    expect(windows.reasons(WUHAN, second)).toEqual(names(here));
  });

  test('where a third has come into the place meanwhile, the letter of the voucher is refused and names it', () => {
    const { windows, here } = voucherAfterRefusal();
    const third = windows.begin(WUHAN, open(), ACCEPT, LETTER);
    windows.deliver(third).give(HANGZHOU, here, applyBody(), ACCEPT, LETTER);
    expect(windows.ending(here, HANGZHOU, CHENGDU)).toEqual(['ineligible', 'refused']);
    expect(windows.reasons(HANGZHOU, here)).toEqual(names(third));
    expect(windows.ending(third, WUHAN, CHENGDU)).toEqual(['letter-sent', 'letter-received']);
  });
});
