import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicantFindings, type MoveFacts, missingMaterials, requiredMaterials } from '../../functions/cases/eligibility.ts';
import { ApplicantCapacity, Material, Scheme } from '../../schemas/codes.ts';
import { Applicant } from '../../schemas/documents.ts';

type Family = MoveFacts['family'];
const FAMILIES: readonly Family[] = ['2016', '2021'];

const applicant = (capacity: Applicant['capacity'], authority?: string): Applicant =>
  Applicant.parse({ capacity, name: '测试甲', phone: '13800000000', authority });

describe('who may apply (A7)', () => {
  /** S94 5: 参保人员或其新就业的用人单位; S21: 有单位的职工医保参保人员可由单位申请，灵活就业人员及居民等由个人申请. */
  const EMPLOYER_MAY: Record<Family, Record<Scheme, boolean>> = {
    '2016': { '310': true, '380': true, '390': true, '391': true },
    '2021': { '310': true, '380': false, '390': false, '391': false },
  };
  const NEEDS_AUTHORITY: Record<Applicant['capacity'], boolean> = { person: false, employer: true, agent: true };
  const CASES = ApplicantCapacity.options.flatMap((capacity) =>
    FAMILIES.flatMap((family) =>
      Scheme.options.flatMap((scheme) => ['单位证明2026-01', undefined].map((authority) => ({ capacity, family, scheme, authority }))),
    ),
  );

  test.each(CASES)('$capacity under $family joining $scheme with authority $authority', ({ capacity, family, scheme, authority }) => {
    const findings = applicantFindings(applicant(capacity, authority), family, scheme, 'application.applicant');
    const unauthorised = NEEDS_AUTHORITY[capacity] && authority === undefined;
    const notForEmployers = capacity === 'employer' && !EMPLOYER_MAY[family][scheme];
    expect(findings.flatMap((error) => (error ? [`${error.field} ${error.code}`] : []))).toEqual([
      ...(unauthorised ? ['application.applicant.authority missing'] : []),
      ...(notForEmployers ? ['application.applicant.capacity employees_only'] : []),
    ]);
  });

  test('a finding is Chinese first and never repeats the authority', () => {
    const findings = [
      ...applicantFindings(applicant('employer', '单位证明2026-01'), '2021', '390', 'applicant'),
      ...applicantFindings(applicant('agent'), '2021', '310', 'applicant'),
    ].filter((error) => error !== false);
    expect(findings).toHaveLength(2);
    for (const { reason } of findings) expect(reason).toMatch(/^\p{Script=Han}[^()]+ \([a-z][^()]+\)$/u);
    expect(JSON.stringify(findings)).not.toContain('2026-01');
  });
});

describe('materials', () => {
  /** S94 5: 凭证、申请表、居民身份证; S21 取消申请表和参保凭证. */
  const OF_2016: Material[] = ['id-card', 'application-form', 'coverage-voucher'];
  const OF_2021: Material[] = ['id-card'];

  test.each([
    ['person', OF_2016, ['id-card', 'application-form', 'coverage-voucher']],
    ['employer', OF_2016, ['id-card', 'application-form', 'coverage-voucher', 'authorization']],
    ['agent', OF_2016, ['id-card', 'application-form', 'coverage-voucher', 'authorization']],
    ['person', OF_2021, ['id-card']],
    ['employer', OF_2021, ['id-card', 'authorization']],
    ['agent', OF_2021, ['id-card', 'authorization']],
  ] as const)('%s, where %j is asked for, hands in %j (A6, A7, A8)', (capacity, required, expected) => {
    expect(requiredMaterials(required, applicant(capacity))).toEqual(expected);
  });

  test('an authority that the procedure asks for anyway is named once (A8)', () => {
    expect(requiredMaterials(['authorization', 'id-card'], applicant('agent'))).toEqual(['authorization', 'id-card']);
  });

  test('one full list names all that is missing (A8)', () => {
    expect(missingMaterials(OF_2016, applicant('agent'), [])).toEqual(['id-card', 'application-form', 'coverage-voucher', 'authorization']);
    expect(missingMaterials(OF_2016, applicant('agent'), ['application-form'])).toEqual(['id-card', 'coverage-voucher', 'authorization']);
    expect(missingMaterials(OF_2016, applicant('person'), ['coverage-voucher', 'id-card', 'application-form'])).toEqual([]);
  });

  test('where nothing is said of the materials, all of them are there (A8)', () => {
    expect(missingMaterials(OF_2016, applicant('agent'), undefined)).toEqual([]);
  });

  test('what the procedure does not ask for is never missing: no form and no voucher under 2021 (A6)', () => {
    expect(missingMaterials(OF_2021, applicant('person'), ['id-card'])).toEqual([]);
    expect(missingMaterials(OF_2021, applicant('person'), ['application-form', 'coverage-voucher'])).toEqual(['id-card']);
  });

  test('what is handed in and what is missing make up what is required, whatever is handed in (A8)', () => {
    const anyMaterials = fc.uniqueArray(fc.constantFrom(...Material.options));
    fc.assert(
      fc.property(anyMaterials, anyMaterials, fc.constantFrom(...ApplicantCapacity.options), (required, handedIn, capacity) => {
        const missing = missingMaterials(required, applicant(capacity), handedIn);
        const all = requiredMaterials(required, applicant(capacity));
        expect([...missing, ...handedIn.filter((material) => all.includes(material))].sort()).toEqual([...all].sort());
      }),
    );
  });
});
