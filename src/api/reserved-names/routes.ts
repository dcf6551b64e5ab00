import { claimOperations } from './claims.ts';
import { reservationOperations } from './reservations.ts';

export const reservedNameOperations = [...reservationOperations, ...claimOperations];
