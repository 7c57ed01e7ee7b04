# curves.gp: what curves.awk wrote, as two pictures.
set terminal svg size 760,460 font "sans,13" background "white"
set logscale xy
set xlabel "connections"
set key outside right
set grid
set style data linespoints
set output out."/rate.svg"
set title "acknowledged records a second"
plot for [i=0:3] out."/curves.dat" index i using 1:2 title columnheader(1) lw 2
set output out."/latency.svg"
set title "median time to the answer, ms"
plot for [i=0:3] out."/curves.dat" index i using 1:3 title columnheader(1) lw 2
