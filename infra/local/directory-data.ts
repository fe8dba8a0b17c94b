import { OfficeEntry, RegionEntry } from '../../schemas/directory.ts';
import { type DemoRegion, demoRegionOf, demoRegions, mainOfficeOf } from './demo-regions.ts';

/** Digits of bank accounts and landline numbers that begin with zeros or with 1 exist nowhere in China, so nobody can be paid or called. */
const accountOf = ({ code }: DemoRegion): string => `0000${code}000000001`;
const phoneOf = ({ areaCode }: DemoRegion, last: number): string => `${areaCode}-1234500${last}`;

/** The demonstration regions as clerks and the ministry state them. */
export const demoRegionEntries: readonly RegionEntry[] = demoRegions.map((region) =>
  RegionEntry.parse({
    code: region.code,
    name: region.name,
    provinceShortName: region.provinceShortName,
    mainOffice: mainOfficeOf(region.code),
    payee: { bank: `演示银行${region.shortName}分行`, holder: `${region.name}医疗保障基金专户（演示）`, number: accountOf(region) },
    ...(region.onlineSince !== undefined && { onlineSince: region.onlineSince }),
  }),
);

/** The main office of a demonstration region, with contact data that says itself that it is not real. */
export function demoOffice(regionCode: string): OfficeEntry {
  const region = demoRegionOf(regionCode);
  return OfficeEntry.parse({
    region: region.code,
    name: `${region.name}医疗保障事务中心（演示）`,
    address: `${region.name}演示路1号`,
    postcode: region.postcode,
    phone: phoneOf(region, 1),
    fax: phoneOf(region, 2),
    contact: `${region.shortName} 经办人 一`,
    reason: '演示数据',
  });
}
