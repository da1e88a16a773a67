"""Day one: a trust's spreadsheets of staff, qualifications, training and posts, through the services' doors."""
