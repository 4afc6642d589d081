// Package normalize is the vocabulary of admux: the objects, enumerations, KPIs and numbers that every platform's
// wire is turned into. It is pure: no I/O, no clock, no context, and no import of another package of this module.
//
// Levels, from the payer down: organization (ad account) > campaign > group > ad, with the creative beside the ad.
// "Normalized" promises:
//   - money is in major units of a named currency, exact; never a float until the last byte of JSON;
//   - a number that the platform did not give is absent, never zero;
//   - ids are the platform's own, as text;
//   - a day is a calendar day of the ad account's own time zone;
//   - a platform value without a counterpart becomes UNSPECIFIED where the enumeration has it, else it is left out;
//     the platform's own word is kept in raw.
package normalize
