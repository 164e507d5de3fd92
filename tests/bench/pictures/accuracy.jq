# How far a station's rate is from its plan, and how much its own load delays it.
include "svg";
include "dots";

def controls: {"Cubic": {shape: "circle", lane: 0}, "Bbr": {shape: "square", lane: 1}, "Udp": {shape: "triangle", lane: 2}};

# The whole step at or above.
def up_to($step): . / $step | ceil * $step;

def picture($name; $metrics):
    map(. + (.case | capture("^(?<plan>[0-9]+) Mbit/s (?<way>up|down), (?<control>[A-Za-z]+), (?<far>near|20 ms)$")) | .plan |= tonumber)
    # Signed: the rate itself says on which side of the plan it is.
    | map(select(.metric == "rate") | .metric = "deviation" | .value = (.value / .plan - 1) * 100) as $deviations
    | . as $lines
    | map(select(.metric == "added_latency")) as $latencies
    | ([$deviations[].value | if . < 0 then -. else . end] | [max, 10] | max | up_to(5)) as $wide
    | ([$latencies[].value] | [max, 10] | max | up_to(5)) as $long
    | def goal($row; $metric): [$lines[] | select(.metric == $metric and .case == $row.case)][0] | {goal, holds};
    ($deviations | map(. as $row | . + goal($row; "off_the_plan"))) as $deviations
    | def cell($low):
        {
            good: (if .[0].goal then [$low, .[0].goal] else null end),
            # The worst of them.
            note: ([.[] | {value, size: (.value | if . < 0 then -. else . end)}] | max_by(.size).value | digits(1)),
            missed: any(.holds == false),
            dots: [.[] | controls[.control] + {value, class: (if .holds == false then "missed" else "held" end)}]
        };
    {
        title: "accuracy: what a station gets of its plan, alone at full load (middle of the repeats)",
        lanes: (controls | length),
        legend: [
            {shape: "circle", class: "held", text: "CUBIC", width: 80},
            {shape: "square", class: "held", text: "BBR", width: 65},
            {shape: "triangle", class: "held", text: "UDP", width: 65},
            {shape: "square", class: "good", text: "goal", width: 65},
            {shape: "circle", class: "missed", text: "goal missed", width: 105}
        ],
        blocks: [
            ["near", "server near"], ["20 ms", "20 ms away"]
            | . as [$far, $title]
            | {
                title: $title,
                columns: [
                    {title: "off the plan, %", low: -$wide, high: $wide, ticks: [-$wide, 0, $wide], digits: 0},
                    {title: "added latency, ms", low: 0, high: $long, ticks: [0, $long / 2, $long], digits: 1}
                ],
                rows: [
                    [$deviations[] | select(.far == $far)] | group_by([.plan, .way])[]
                    | .[0] as $row
                    | [$latencies[] | select([.plan, .way, .far] == ($row | [.plan, .way, .far]))] as $latency
                    | {label: "\($row.plan) Mbit/s \($row.way)", cells: [cell(-(.[0].goal // 0)), ($latency | cell(null))]}
                ]
              }
            | select(.rows != [])
        ],
        words: ["The figure beside the dots is the one farthest from 0.",
            ($deviations[] | . as $row
                | ([$latencies[] | select(.case == $row.case)][0]) as $latency
                | ([$lines[] | select(.metric == "echoes_lost" and .case == $row.case)][0]) as $lost
                | "\(.case): \(.value | digits(1)) % off the plan\(if .holds == false then " (goal missed)" else "" end), latency +\($latency.value | digits(1)) ms\(if $latency.holds == false then " (goal missed)" else "" end), \($lost.value | digits(1)) % of echoes lost.")]
    }
    | dots;
