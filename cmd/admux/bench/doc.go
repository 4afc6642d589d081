// Command bench measures the real binary, in a process of its own, beside programs that do only what cannot be avoided,
// and prints one table of figures with their ratios. `make bench` runs it; it is no part of admux.
package main
