import { CardNumber } from '../../../schemas/primitives.ts';
import type { HashPerson } from '../person-hash.ts';
import type { IdentityStore } from './identity-store.ts';

/**
 * The hash that a person is kept under: of the ID number, also where a card number was typed that has been merged with it (B22). A card number
 * costs one read, an ID number none.
 */
export const resolvingHash =
  (hash: HashPerson, identities: Pick<IdentityStore, 'personOf'>): HashPerson =>
  async (number, region) => {
    const own = await hash(number, region);
    if (!CardNumber.safeParse(number).success) return own;
    return (await identities.personOf(region, own)) ?? own;
  };
