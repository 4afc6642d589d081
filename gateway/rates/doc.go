// Package rates converts amounts between currencies by the euro foreign exchange reference rates of the European Central
// Bank, day by day. It fetches them into the store, knows which of them a day takes (the last one published, as there is
// none on weekends and holidays), and adds converted amounts up without losing a digit on the way.
//
// What it does not know it refuses: a currency without a rate, a day before the first one, and a day whose last rate is so
// old that there must have been newer ones.
package rates
