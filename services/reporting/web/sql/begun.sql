-- $1 trust, $2 cycle or null: what of a trust's first steps is done
select
    exists(select from term where trustuid = $1) as terms,
    exists(select from cycle where trustuid = $1) as cycle,
    exists(select from focus_area where trustuid = $1) as focus,
    exists(select from item where trustuid = $1 and cycle = $2) as item
