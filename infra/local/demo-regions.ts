/** A real pooling region as the demonstration shows it. Codes and names are real; everything else stated about it is made up. */
export interface DemoRegion {
  readonly code: string;
  readonly name: string;
  /** Without 市, for people and drawings. */
  readonly shortName: string;
  readonly provinceShortName: string;
  readonly postcode: string;
  readonly areaCode: string;
  /** Since when it is on the national platform. Which regions say so is made up too: the demonstration needs pairs of both kinds. */
  readonly onlineSince?: string;
}

const online = { onlineSince: '2021-12-01' };

export const demoRegions: readonly DemoRegion[] = [
  { code: '330100', name: '杭州市', shortName: '杭州', provinceShortName: '浙', postcode: '310000', areaCode: '0571', ...online },
  { code: '510100', name: '成都市', shortName: '成都', provinceShortName: '川', postcode: '610000', areaCode: '028' },
  { code: '310000', name: '上海市', shortName: '上海', provinceShortName: '沪', postcode: '200000', areaCode: '021', ...online },
  { code: '440300', name: '深圳市', shortName: '深圳', provinceShortName: '粤', postcode: '518000', areaCode: '0755', ...online },
  { code: '420100', name: '武汉市', shortName: '武汉', provinceShortName: '鄂', postcode: '430000', areaCode: '027' },
  { code: '610100', name: '西安市', shortName: '西安', provinceShortName: '陕', postcode: '710000', areaCode: '029' },
];

/** Main office of a region: its code and the first serial. */
export const mainOfficeOf = (regionCode: string): string => `${regionCode}01`;

export function demoRegionOf(regionCode: string): DemoRegion {
  const region = demoRegions.find(({ code }) => code === regionCode);
  if (region === undefined) {
    throw new TypeError(`${regionCode} is no demonstration region`);
  }
  return region;
}
