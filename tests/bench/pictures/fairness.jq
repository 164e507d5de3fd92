# How evenly, how fully and how fast a scarce line serves crowds, by method.
include "svg";
include "dots";

def methods: {
    "no limits": {shape: "square", lane: 0}, "10 Mbit/s each": {shape: "triangle", lane: 1},
    "HTB": {shape: "diamond", lane: 2}, "portico": {shape: "circle", lane: 3}
};

def sign: methods[.] // error("fairness.jq has no sign for \(.)");

def latency($metric; $title; $most): {metric: $metric, title: $title, low: 0, high: $most, ticks: [0, $most / 2, $most], digits: 0, exact: 1};

def columns($median; $tail): [
    {metric: "jain", title: "Jain\u0027s index", low: 0, high: 1, ticks: [0, 0.5, 1], digits: 1, exact: 3},
    {metric: "use", title: "use, %", low: 0, high: 100, ticks: [0, 50, 100], digits: 0, exact: 1},
    latency("added_latency"; "added ms, median"; $median),
    latency("added_latency_p95"; "added ms, p95"; $tail)
];

def picture($name; $metrics):
    map(. + (.case | capture("^(?<method>.+), (?<crowd>[0-9]+) stations, (?<way>down|up)(?<churn>, coming and going)?$")))
    # Steps of 20 ms, and 20 at least.
    | def most($metric): [.[] | select(.metric == $metric).value / 20 | ceil] | [max, 1] | max * 20;
      columns(most("added_latency"); most("added_latency_p95")) as $columns
    | . as $lines
    | [group_by([(.churn // ""), .way, (.crowd | tonumber)])[] | {churn: .[0].churn, way: .[0].way, crowd: .[0].crowd, lines: .}] as $rows
    | {
        title: "fairness: stations that want all of a line of 100 Mbit/s",
        lanes: (methods | length),
        legend: [
            {shape: "circle", class: "held", text: "Portico", width: 85},
            {shape: "circle", class: "missed", text: "Portico, goal missed", width: 155},
            {shape: "diamond", class: "open", text: "HTB, a class each", width: 140},
            {shape: "triangle", class: "open", text: "10 Mbit/s each", width: 120},
            {shape: "square", class: "open", text: "no limits", width: 80},
            {shape: "square", class: "good", text: "goal", width: 50}
        ],
        blocks: [
            [null, "all the time"], [", coming and going", "coming, going"]
            | . as [$churn, $title]
            | {title: $title, columns: $columns, rows: [
                $rows[] | select(.churn == $churn)
                | .lines as $cell
                | {label: "\(.crowd) stations \(.way)", cells: [
                    $columns[] as $column
                    | [$cell[] | select(.metric == $column.metric)]
                    | (map(select(.method == "portico"))[0]) as $ours
                    | {
                        good: (if $ours | (. and has("goal")) then (if ($column.metric | startswith("added_latency")) then [null, $ours.goal] else [$ours.goal, null] end) else null end),
                        note: ($ours | if . then .value | digits($column.exact) else null end),
                        missed: ($ours.holds == false),
                        dots: [.[] | (.method | sign) + {value, class: (if .method != "portico" then "open" elif .holds == false then "missed" else "held" end)}]
                      }
                  ]}
              ]}
            | select(.rows != [])
        ],
        words: ["The figures beside the dots are Portico\u0027s.",
            ($rows[] | "\(.crowd) stations \(.way)\(.churn // ""): \(.lines as $cell | [
                $columns[] as $column | "\($column.title) \([$cell[] | select(.metric == $column.metric)
                    | "\(.method) \(.value | number)\(if has("goal") then " (goal \(.goal | number)\(if .holds then "" else ", missed" end))" else "" end)"] | join(", "))"] | join("; ")).")]
      }
    | dots;
