# Blocks of rows with a dot for each figure, in columns with a scale of their own; where the goal holds the
# ground is tinted.
include "svg";

# The figure's sign, so that no colour is needed to tell one from the other.
def sign($shape; $class; $x; $y):
    ($x | place) as $x | ($y | place) as $y
    | if $shape == "circle" then "<circle class=\"\($class)\" cx=\"\($x)\" cy=\"\($y)\" r=\"4\"/>"
      else {
        square: "m-3.5 -3.5h7v7h-7z", triangle: "m0 -4.5l4.5 8h-9z", diamond: "m0 -5l5 5l-5 5l-5 -5z"
      }[$shape] as $path | "<path class=\"\($class)\" d=\"M\($x) \($y)\($path)\"/>" end;

# Draws {title, legend: [{shape, class, text, width}], lanes, blocks: [{title, columns: [{title, low, high, ticks, digits}],
# rows: [{label, cells: [{good: [from, to], note, missed, dots: [{lane, shape, class, value}]}]}]}], words}.
def dots:
    130 as $left | . as $picture
    | ($picture.lanes * 6 + 6) as $high
    | (reduce $picture.legend[] as $one ({x: 12, out: []};
        .x as $x
        | .out += [sign($one.shape; $one.class; $x + 5; 41), ($one.text | written($x + 15; 45))]
        | .x += $one.width)).out as $legend
    | (reduce $picture.blocks[] as $block ({y: 64, out: []};
        .y as $y
        | ((760 - $left) / ($block.columns | length)) as $column
        # The figure in words stands after its dots.
        | ($column - 66) as $length
        | ($block.rows | length * $high) as $deep
        | .out += [$block.title | head(12; $y + 12)]
        | reduce range($block.columns | length) as $index (.;
            $block.columns[$index] as $scale
            | ($left + $index * $column) as $x
            | def at: $x + ([[., $scale.low] | max, $scale.high] | min | . - $scale.low) / ($scale.high - $scale.low) * $length;
            .out += [($scale.title | head($x; $y + 12))]
            | .out += [range($block.rows | length) as $row | $block.rows[$row].cells[$index].good | select(.)
                | (.[0] // $scale.low) as $from | (.[1] // $scale.high) as $to
                | "<rect class=\"good\" x=\"\($from | at | place)\" y=\"\($y + 22 + $row * $high)\" width=\"\(($to | at) - ($from | at) | place)\" height=\"\($high)\"/>",
                  (.[] | select(.) | "<path class=\"edge\" d=\"M\(at | place) \($y + 22 + $row * $high)v\($high)\"/>")]
            | .out += [$scale.ticks[] | "<path class=\"grid\" d=\"M\(at | place) \($y + 22)v\($deep)\"/>",
                (digits($scale.digits) as $text | at as $at | $text | written($at; $y + 36 + $deep; " class=\"note\" text-anchor=\"middle\""))]
            | .out += [range($block.rows | length) as $row | ($y + 22 + ($row + 0.5) * $high) as $middle
                | $block.rows[$row].cells[$index]
                | (.dots[] | sign(.shape; .class; .value | at; $middle + (.lane - ($picture.lanes - 1) / 2) * 6)),
                  (.missed as $missed | .note | select(.) | written($x + $length + 10; $middle + 4; if $missed then " class=\"lost\"" else "" end))])
        | .out += [range($block.rows | length) as $row
            | ($block.rows[$row].label | before($left - 12; $y + 26 + ($row + 0.5) * $high)),
              "<path class=\"grid\" d=\"M12 \($y + 22 + $row * $high)H748\"/>"]
        | .y += 22 + $deep + 32)) as $drawn
    | sheet($picture.title; $picture.words; $drawn.y - 8; [($picture.title | head(12; 23))] + $legend + $drawn.out);
