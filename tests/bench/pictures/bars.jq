# Blocks of bars, one below the other, each block with a scale of its own; a mark where a goal lies.
include "svg";

# On which side of its goal a figure should be follows from whether it holds.
def goal:
    if has("goal") then
        "goal \(if .holds == (.value >= .goal) then "≥" else "≤" end) \(.goal | number)"
        + (if .holds then "" else ", missed" end)
    else "" end;
def class: if has("goal") | not then "peer" elif .holds then "held" else "missed" end;

# In words, as a sentence.
def spoken:
    if .rows == [] then "\(.title)."
    else "\(.title): \([.rows[] | "\(.case) \(.value | number) \(goal)" | sub(" $"; "")] | join("; "))." end;

# Draws {title, legend: text for grey, blocks: [{title, rows: [{case, value, goal, holds}]}]}.
def bars:
    # The bars begin here and are at most so long.
    280 as $left | 280 as $length
    | .blocks as $blocks
    | [
        ["held", "goal held", 12], ["missed", "goal missed", 112], ["peer", .legend, 228]
        | bar(.[0]; .[2]; 35; 13; 13), (.[2] as $x | .[1] | written($x + 18; 45))
      ] as $legend
    | (reduce $blocks[] as $block ({y: 64, out: []};
        (.y + 10) as $y
        | .out += [$block.title | head(12; $y)]
        | .y += 18
        | ([$block.rows[] | .value, (.goal // 0)] | max) as $top
        | (if ($top // 0) == 0 then 0 else $length / $top end) as $scale
        | reduce $block.rows[] as $row (.;
            .y as $y
            | ([$row.value * $scale, 1] | max) as $width
            | ([$width, ($row.goal // 0) * $scale] | max) as $reach
            | .out += [
                ($row.case | before($left - 8; $y + 12)),
                ($row | bar(class; $left; $y + 2; $width; 13)),
                "<text x=\"\($left + 8 + $reach | place)\" y=\"\($y + 12)\">\($row.value | number) <tspan class=\"note\">\($row | goal)</tspan></text>"
              ]
            | if $row | has("goal")
              then .out += ["<path class=\"mark\" d=\"M\($left + $row.goal * $scale | place) \($y)v17\"/>"] else . end
            | .y += 18)
        | .y += (if $block.rows == [] then 4 else 12 end))) as $drawn
    | .title as $title
    | sheet($title; [$blocks[] | spoken]; $drawn.y; [($title | head(12; 23))] + $legend + $drawn.out);

def title($unit): gsub("_"; " ") + (if $unit == "1" then "" else ", \($unit)" end);

# Lines of any benchmark: of all metrics with a goal and those with a plus, or of those without one.
def picture($name; $metrics):
    ($metrics | map(select(startswith("+") | not))) as $only
    | ($metrics | map(select(startswith("+"))[1:])) as $too
    | (if $only == [] then map(select(has("goal")).metric) + $too else $only + $too end) as $asked
    # Without goals nothing stands out.
    | (if $asked == [] then map(.metric) else $asked end) as $wanted
    | map(select(.metric as $metric | $wanted | index($metric)))
    | if length == 0 then error("no such metric of \($name)") else . end
    # In the order in which they were measured.
    | (reduce .[] as $line ([]; if index($line.metric) then . else . + [$line.metric] end)) as $order
    | . as $lines
    | {title: $name, legend: "no goal", blocks: [
        $order[] as $metric
        | [$lines[] | select(.metric == $metric)] as $rows
        | {title: ($metric | title($rows[0].unit)), rows: $rows}
      ]}
    | bars;
